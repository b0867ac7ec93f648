# The image of a node's processes: web, workers, beat and migrations differ by their command.
FROM python:3.13-slim-trixie

ENV PYTHONUNBUFFERED=1 \
    PATH=/opt/concord/bin:$PATH \
    STATIC_ROOT=/app/static \
    REGISTRY_HOME=/var/lib/concord \
    LISTEN=0.0.0.0:8000

# PostgreSQL's programs, which a trial without other containers uses, refuse unknown users.
RUN useradd --uid 10001 --create-home --home-dir /var/lib/concord --shell /usr/sbin/nologin concord \
    && install --directory --owner=concord --group=concord --mode=0700 /var/lib/concord/keys

WORKDIR /app

COPY requirements.txt ./
RUN python3 -m venv /opt/concord \
    && /opt/concord/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

COPY manage.py ./
COPY config config
COPY registry registry
COPY linking linking
COPY mrv mrv
COPY scenarios scenarios
COPY locale locale

# The addresses and the key are those of nobody: collecting opens no connection.
RUN DATABASE_URL=postgresql:///build REDIS_URL=redis://build SECRET_KEY=build \
    python manage.py collectstatic --no-input --verbosity 0

USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s \
    CMD ["python", "-m", "config.probe"]
CMD ["python", "-m", "gunicorn", "-c", "python:config.gunicorn", "config.wsgi:application"]
