# The service as an image: `madoguchi serve` and `madoguchi worker`. It holds no data and needs a PostgreSQL.
FROM python:3.11-slim AS build
WORKDIR /srv/madoguchi
COPY . .
# The same pinned packages, front-end files and compiled catalogues as everywhere; what only the build needs is left.
RUN python -m tools.bootstrap install --runtime && rm -rf .venv/node node_modules tests

FROM python:3.11-slim
# /mail is where the demonstration's volume for caught mails goes; it takes over this owner.
RUN useradd --system --home-dir /srv/madoguchi --shell /usr/sbin/nologin madoguchi && mkdir /mail && chown madoguchi /mail
COPY --from=build /srv/madoguchi /srv/madoguchi
WORKDIR /srv/madoguchi
USER madoguchi
ENV PATH=/srv/madoguchi/.venv/bin:$PATH HOST=0.0.0.0 PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/api/v1/health', timeout=4)"]
CMD ["madoguchi", "serve"]
