/**
 * From node to node over gRPC: {@link org.spawnmesh.transport.grpc.GrpcTransport}. No Spring here.
 */
@NullMarked
package org.spawnmesh.transport.grpc;

import org.jspecify.annotations.NullMarked;
