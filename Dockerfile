# syntax=docker/dockerfile:1
# One image for the dashboard, the API and every command; compose.yaml says how they go together.
# Python 3.11, since that is what the tests run on.
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/triage && python -m venv /opt/build
# Before the source, so that a change of it installs nothing anew.
COPY requirements/container.txt requirements/build.txt requirements/
RUN /opt/triage/bin/pip install --require-hashes --only-binary :all: -r requirements/container.txt \
 && /opt/build/bin/pip install --require-hashes --only-binary :all: -r requirements/build.txt
COPY pyproject.toml README.md LICENSE app.py ./
COPY .streamlit .streamlit
COPY seeds seeds
COPY triage triage
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/triage/bin/pip install --no-deps --no-index /wheels/*.whl \
 && /opt/triage/bin/pip check \
 && /opt/triage/bin/python -m compileall -q /opt/triage/lib

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="triage" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin triage \
 && install --directory --owner triage --group triage /data /models
COPY --from=build /opt/triage /opt/triage
# Nothing is written but to /data, /tmp and, when a model is added, /models: the rest may be
# read-only. Whatever needs a home gets /tmp.
ENV PATH=/opt/triage/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TRIAGE_LOG=json \
    TRIAGE_MODELS_DIR=/models
WORKDIR /data
USER 10001:10001
VOLUME ["/data", "/models"]
EXPOSE 8501 8080
# Of the dashboard; compose.yaml has the API's own.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
ENTRYPOINT ["triage"]
# To be reached from outside the container there must be a proxy in front that lets in only who may.
CMD ["serve", "--host", "0.0.0.0", "--behind-proxy"]
