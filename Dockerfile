# The services of timezero: `docker build -t timezero .`, then `docker run timezero worker|board|...`.
ARG PYTHON=3.13.9-slim-bookworm

FROM python:${PYTHON} AS builder
WORKDIR /source
COPY requirements/build.txt requirements/service.txt requirements/
RUN python -m venv /build \
    && /build/bin/pip install --no-cache-dir --require-hashes --requirement requirements/build.txt \
    && python -m venv --without-pip /app \
    && /build/bin/uv pip install --no-cache --python /app/bin/python --require-hashes --requirement requirements/service.txt
COPY . .
RUN /build/bin/uv build --wheel --no-build-isolation --python /build/bin/python --out-dir /wheel . \
    && /build/bin/uv pip install --no-cache --offline --no-deps --compile-bytecode --python /app/bin/python /wheel/*.whl

FROM python:${PYTHON}
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin timezero \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=builder /app /app
ENV PATH=/app/bin:$PATH PYTHONSAFEPATH=1 PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /data
ENTRYPOINT ["timezero"]
CMD ["--help"]
