# Reads numbers, without TensorFlow: the service unless told otherwise; docs/deploy.md shows more.
FROM python:3.11-slim-bookworm AS libraries
RUN python -m venv /opt/venv
COPY locks/image.txt /tmp/
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /tmp/image.txt

FROM python:3.11-slim-bookworm
# Nothing below is the user's own: an intruder could write to /data and /tmp alone.
RUN useradd --uid 1000 --no-create-home --home-dir /tmp reader && install -d -o reader /data
COPY --from=libraries /opt/venv /opt/venv
WORKDIR /opt/digitocr
COPY DigitClassifier.keras Finder.keras LineReader.keras app.py ./
COPY .streamlit .streamlit
COPY digitocr digitocr
COPY synthesis synthesis
COPY ui ui
COPY sample_images sample_images
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/digitocr \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_DATA_HOME=/data \
    DIGITOCR_TEACH=off
# A read-only package cannot keep its byte code: without this every start would compile it anew.
RUN python -m compileall -q .
USER reader
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "digitocr"]
CMD ["serve", "--host", "0.0.0.0"]
