# The loader as Cloud Run runs it: streamform and the project, no build step. docs/deploy.md says how it is pushed.
FROM node:24-slim

WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY bin bin
COPY runner runner
COPY loaders loaders
COPY macros macros
COPY definitions definitions
COPY workflow_settings.yaml streamform.yaml ./

ENV NODE_ENV=production TZ=UTC
USER node
ENTRYPOINT ["node", "/app/bin/streamform.js"]
CMD ["land"]
