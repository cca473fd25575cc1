# demarcate as a command:   docker build --tag demarcate .
#                           docker run --rm --volume "$PWD:/data" demarcate fit table.csv --target label
# On Linux, PyPI's torch brings CUDA along. For a small image without it give the index that PyTorch's start page names
# for the CPU:              docker build --build-arg TORCH_INDEX=... --tag demarcate .
# The stage "dev" is the development container: Python, make and git, nothing installed yet.

FROM python:3.11-bookworm AS dev
RUN useradd --uid 1000 --create-home --shell /bin/bash developer
USER 1000
WORKDIR /home/developer/demarcate
CMD ["bash"]

FROM python:3.11-slim-bookworm AS build
ARG TORCH_INDEX=""
WORKDIR /source
COPY constraints.txt ./
RUN python -m venv /opt/demarcate \
    && /opt/demarcate/bin/pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} \
        --constraint constraints.txt torch
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN /opt/demarcate/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.11-slim-bookworm
COPY --from=build /opt/demarcate /opt/demarcate
RUN useradd --uid 1000 --create-home demarcate && install --directory --owner demarcate /data
ENV PATH="/opt/demarcate/bin:$PATH" MPLBACKEND=agg PYTHONDONTWRITEBYTECODE=1
USER 1000
WORKDIR /data
ENTRYPOINT ["demarcate"]
CMD ["--help"]
