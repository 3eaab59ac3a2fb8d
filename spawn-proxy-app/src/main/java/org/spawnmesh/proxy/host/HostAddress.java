package org.spawnmesh.proxy.host;

/** Where a host listens. */
public record HostAddress(String host, int port) {}
