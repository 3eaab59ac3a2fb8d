package org.spawnmesh.controller.desired;

/**
 * What the controller is told once for all resources. Immutable.
 *
 * @param proxyImage image of the proxy where a host names none
 * @param serviceMonitors whether the cluster knows ServiceMonitor of the Prometheus operator
 */
public record Settings(String proxyImage, boolean serviceMonitors) {}
