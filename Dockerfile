# syntax=docker/dockerfile:1
# The service image: built in one stage, run in another without compilers or package tools.
ARG PYTHON=3.12-slim-bookworm
ARG NODE=22-bookworm-slim

FROM node:${NODE} AS pages
WORKDIR /pages
COPY app/web/frontend/package.json app/web/frontend/package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:${PYTHON} AS build
WORKDIR /build
COPY requirements.lock tools.lock ./
RUN python -m venv /opt/hotline \
    && python -m pip install --no-cache-dir --require-hashes -r tools.lock \
    && uv pip install --no-cache --python /opt/hotline/bin/python --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY app app
COPY --from=pages /pages/node_modules app/web/frontend/node_modules
RUN python app/web/vendor.py && rm -r app/web/frontend/node_modules \
    && uv pip install --no-cache --python /opt/hotline/bin/python --no-deps .

FROM python:${PYTHON}
LABEL org.opencontainers.image.title="Huixiang" \
      org.opencontainers.image.description="A public-service telephone hotline"
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin hotline \
    && install -d -o hotline -g hotline /data /data/spool /data/recordings
WORKDIR /srv/hotline
COPY --from=build /opt/hotline /opt/hotline
COPY --from=build /build/app app
COPY migrations migrations
COPY ivr_flows ivr_flows
ENV PATH=/opt/hotline/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPATH=/srv/hotline \
    HOTLINE_FLOWS_DIR=/srv/hotline/ivr_flows \
    HOTLINE_SPOOL_DIR=/data/spool \
    HOTLINE_RECORDINGS_URL=/data/recordings
USER hotline
# /data is the only place that is written to: the root file system may be read-only.
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["hotline", "serve", "--host", "0.0.0.0", "--port", "8000"]
