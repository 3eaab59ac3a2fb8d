/** The protocol's HTTP side: decodes requests, asks the node, always answers a message. */
@NullMarked
package org.spawnmesh.proxy.ingress;

import org.jspecify.annotations.NullMarked;
