# Weir in one image: the UI and the engine library are restored by npm, once, at build time; nothing is fetched at run time.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
COPY --from=node:22-bookworm-slim /usr/local /usr/local
WORKDIR /weir
COPY engine engine
RUN ./engine/restore.sh /opt/weir/engine
ENV WEIR_ENGINE_LIB=/opt/weir/engine/libchdb.so
COPY ui ui
RUN cd ui && npm ci && npm run build
COPY . .
RUN dotnet publish src/Server -c Release -o /opt/weir/app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /opt/weir /opt/weir
ENV WEIR_ENGINE_LIB=/opt/weir/engine/libchdb.so WEIR_DATA=/data
VOLUME /data
EXPOSE 7070 4317 4318 2000/tcp 2000/udp
ENTRYPOINT ["dotnet", "/opt/weir/app/weir.dll", "serve"]
