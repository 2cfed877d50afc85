"""What became of an alert on its way to the webhook."""

from dashboards.board.board_row import RowMaker
from dashboards.board.engine_time import EngineTime
from schemas.read_model import Delivery, DeliveryStatus
from schemas.strict_model import Instant, StrictModel


class DeliveryLine(StrictModel):
    """One alert's delivery as the board shows it."""

    status: DeliveryStatus
    at: Instant | None
    """The last try, on the engine's clock like every time on the board."""
    attempts: int
    late: bool


def make_delivery_line(delivery: Delivery, time: EngineTime, maker: RowMaker) -> DeliveryLine:
    """Put one delivery on the board's clock."""
    return DeliveryLine(
        status=delivery.status,
        at=maker.at(time.at_wall(delivery.last_tried_at)),
        attempts=delivery.attempts,
        late=delivery.late,
    )
