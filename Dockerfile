# qagen in a container: the core (the last stage, so what is built unless another is named), and `marker`, with marker's own modes.
#
#   docker build --tag qagen .
#   docker build --tag qagen:marker --target marker .
#
# docs/installing.md says how they are run. Another base, say one by its digest: --build-arg BASE=python@sha256:...
ARG BASE=python:3.13-slim-trixie

# Packages are set up where compilers and caches may be; the images that are run take the finished environment alone.
FROM ${BASE} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python3 -m venv /opt/qagen
COPY . /source
RUN /opt/qagen/bin/python -m pip install --quiet /source

FROM packages AS packages-marker
# For marker the CPU build of torch is all that is needed; without an index of CPU builds, PyPI's brings gigabytes for GPUs along. A
# machine with a GPU: --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cu130
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ARG TORCH=2.13.0
RUN /opt/qagen/bin/python -m pip install --quiet --index-url "${TORCH_INDEX}" "torch==${TORCH}" \
    && /opt/qagen/bin/python -m pip install --quiet "/source[marker,ocr]"

# What both images are: no root, no shell around the program, papers and datasets in /work, which the user mounts.
FROM ${BASE} AS base
ENV PATH=/opt/qagen/bin:$PATH PYTHONUNBUFFERED=1
RUN useradd --uid 1000 --create-home qagen && install --directory --owner qagen /work
USER 1000
WORKDIR /work
ENTRYPOINT ["qagen"]
CMD ["--help"]

FROM base AS marker
COPY --from=packages-marker /opt/qagen /opt/qagen

FROM base AS core
COPY --from=packages /opt/qagen /opt/qagen
