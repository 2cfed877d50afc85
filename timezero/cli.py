"""The command `timezero`: subcommands that load when they are called, and one way of saying what is wrong.

Exit codes: 0 done; 1 a check found something, or a service failed; 2 the usage or the input is wrong, with one
sentence on stderr; 130 interrupted; 141 the reader of our output has gone.
"""

import os
import sys
from importlib import import_module

import click

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141

SUBCOMMANDS = {
    "board": ("timezero.board_command", "Serve the live board."),
    "demo": ("timezero.demo_command", "Run everything on this machine over real and simulated patients."),
    "doctor": ("timezero.doctor_command", "Check this machine, the broker and the cache; say what to do."),
    "explain": ("timezero.explain_command", "Explain a case: rules, deciding events, what was believed when."),
    "grafana": ("timezero.grafana_command", "Build the Grafana dashboard, or push it to a Grafana."),
    "health": ("timezero.health_command", "Say whether the worker or the notifier makes progress."),
    "ingest": ("timezero.ingest_command", "Send a recorded feed to the raw topics."),
    "measures": ("timezero.measures_command", "List and show measures; check a hospital's own."),
    "notify": ("timezero.notify_command", "Deliver alerts to a signed webhook."),
    "redrive": ("timezero.redrive_command", "Send rejected messages again that are understood now."),
    "release": ("timezero.release_command", "Let a held topic through for a while."),
    "repartition": ("timezero.repartition_command", "Move to a broker with another number of partitions."),
    "replay": ("timezero.replay_command", "Judge a recorded feed without a broker."),
    "schema": ("timezero.schema_command", "Print the JSON Schema of topics and models."),
    "score": ("timezero.score_command", "Judge an abstraction file by a published measure."),
    "simulate": ("timezero.simulate_command", "Make seeded hospitals: a feed and its truth."),
    "sources": ("timezero.sources_command", "List sources that have a profile; check a hospital's own."),
    "worker": ("timezero.worker_command", "Run the stream worker."),
}
"""Every subcommand: the module that has it, and its line in the help."""


class Subcommands(click.Group):
    """Loads a subcommand's module when it is called: `--help` need not wait for Faust."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every subcommand, sorted."""
        del ctx
        return sorted(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the subcommand, or None where there is no such one."""
        del ctx
        if cmd_name not in SUBCOMMANDS:
            return None
        command = getattr(import_module(SUBCOMMANDS[cmd_name][0]), cmd_name)
        if not isinstance(command, click.Command):
            message = f"{SUBCOMMANDS[cmd_name][0]}.{cmd_name} is no click command"
            raise TypeError(message)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of subcommands without loading one."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in sorted(SUBCOMMANDS.items())])


@click.group(cls=Subcommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="timezero", prog_name="timezero")
def timezero() -> None:
    """Watch sepsis bundles: find time zero, run the clocks, raise alerts and take them back."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit; what is wrong with the input is one sentence on stderr, never a traceback."""
    sys.exit(_exit_code(arguments))


def _exit_code(arguments: list[str] | None) -> int:
    try:
        # Not `timezero.main`: on Ctrl-C and on a broken pipe that one has words and codes of its own.
        with timezero.make_context("timezero", list(sys.argv[1:] if arguments is None else arguments)) as context:
            timezero.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as ended:
        return _flushed(ended.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return EXIT_USAGE
    except click.ClickException as error:
        return _say(error.format_message(), EXIT_USAGE)
    except (click.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return _silence_stdout()
    except OSError as error:
        return _say(_about(error), EXIT_USAGE)
    return 0


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _silence_stdout()
    return code


def _about(error: OSError) -> str:
    what = error.strerror or type(error).__name__
    return f"{what}: {error.filename}" if error.filename else what


def _say(message: str, code: int) -> int:
    sentence = " ".join(message.split())
    sys.stderr.write(f"timezero: {sentence}\n")
    return code


def _silence_stdout() -> int:
    """Let the interpreter flush into nothing when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return EXIT_BROKEN_PIPE
