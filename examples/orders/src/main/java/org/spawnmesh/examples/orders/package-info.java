/** Subscriptions that remind themselves, and orders that take effect as a whole. */
@NullMarked
package org.spawnmesh.examples.orders;

import org.jspecify.annotations.NullMarked;
