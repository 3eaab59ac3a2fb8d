package org.spawnmesh.benchmarks.spawn;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/** The node of W6 that asks: it hosts no actors, and finds none beside it, for it does not scan. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class AskingNode {}
