# syntax=docker/dockerfile:1
#
#   docker build -t replyd .
#   docker run -d --name replyd --init --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     -p 25:2525 -v ./config:/etc/replyd:ro -v replyd:/var/lib/replyd replyd
#
# The configuration is /etc/replyd/replyd.yaml and has to listen on all addresses of the container, e.g.
# receive.smtp.listen: ["0.0.0.0:2525"]; data lies in /var/lib/replyd. The daemon handles its signals itself and starts
# few and short children, so it runs as process 1; --init only matters where something else is started in the container.

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --prefer-offline
COPY tsconfig.json ./
COPY src ./src
RUN npm run build
# The image has a Node of its own: the packaged runtimes and what only building needs stay here.
RUN npm prune --ignore-scripts --omit=dev --omit=optional

FROM node:24-bookworm-slim AS runtime
WORKDIR /opt/replyd
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY templates ./templates
COPY LICENSE CHANGELOG.md README.md ./
RUN groupadd --gid 10001 replyd \
  && useradd --uid 10001 --gid 10001 --home-dir /var/lib/replyd --no-create-home --shell /usr/sbin/nologin replyd \
  && install -d -o replyd -g replyd -m 0700 /var/lib/replyd \
  && install -d /etc/replyd \
  && ln -s /opt/replyd/dist/launch.mjs /usr/local/bin/replyd
ENV NODE_ENV=production \
    STATE_DIRECTORY=/var/lib/replyd \
    REPLYD_CONFIG=/etc/replyd/replyd.yaml
USER 10001:10001
WORKDIR /var/lib/replyd
VOLUME ["/var/lib/replyd", "/etc/replyd"]
# SMTP, LMTP, HTTP (health and metrics) as the shipped configuration has them.
EXPOSE 2525 2524 8025
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 \
  CMD ["node", "/opt/replyd/dist/launch.mjs", "health"]
# The young generation stays small, as in package.json: most of what passes here is octets on their way.
ENTRYPOINT ["node", "--max-semi-space-size=2", "/opt/replyd/dist/launch.mjs"]
CMD ["run"]
