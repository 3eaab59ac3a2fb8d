/** Where the code of actions runs: beans in this JVM, or a process behind a protocol. */
@NullMarked
package org.spawnmesh.host;

import org.jspecify.annotations.NullMarked;
