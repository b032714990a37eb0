# One image for all that runs in the cloud: web and worker (SERVE says which), the migration job, the function for
# Cloud Storage's events. What changes least comes first.
FROM docker.io/library/python:3.13-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt /build/
# Compiled further down: pip's own bytecode holds only while the sources keep their times, which copying may change.
RUN pip install --no-compile -r /build/requirements.txt \
    && pip check

FROM packages AS places
COPY infra/gazetteer/requirements.txt /build/infra/gazetteer/
RUN pip install -r /build/infra/gazetteer/requirements.txt
WORKDIR /build
COPY internal internal
COPY infra/gazetteer infra/gazetteer
RUN python -m infra.gazetteer /srv/places

# What no process of ours loads: the installer, the packages' own tests, and how four hundred services are called.
FROM packages AS lean
RUN pip uninstall --yes pip \
    && find /opt/venv -type d -name tests -prune -exec rm -r {} + \
    && find /opt/venv -path '*/botocore/data/*' -type d -prune ! -name s3 -exec rm -r {} + \
    && python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/venv/lib

FROM docker.io/library/python:3.13-slim
# What sets letters side by side (raqm, which comes with Pillow) looks for this when it is loaded. Debian serves only the
# newest build of a version.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends libfribidi0 && rm -r /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin daylog
COPY --from=lean /opt/venv /opt/venv
COPY --from=places /srv/places /srv/places
WORKDIR /srv/daylog
COPY app app
COPY infra infra
COPY internal internal
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/srv/daylog PYTHONUNBUFFERED=1 PROFILE=cloud PLACES=/srv/places
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash .
USER 10001:10001
# Cloud Run names the PORT, which gunicorn reads itself. What else there is to say about serving says app/gunicorn.py.
CMD ["gunicorn", "--config", "python:app.gunicorn", "app:create_app()"]
