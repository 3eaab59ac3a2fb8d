package org.spawnmesh.controller.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cel.common.CelException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Rules in CEL about {@code self}. */
final class CelRules {

  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addLibraries(CelExtensions.strings())
          .addVar("self", SimpleType.DYN)
          .build();
  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.standardCelRuntimeBuilder().addLibraries(CelExtensions.strings()).build();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, CelRuntime.Program> PROGRAMS = new ConcurrentHashMap<>();

  private CelRules() {}

  static boolean holds(String rule, JsonNode self) {
    try {
      Object value = JSON.convertValue(self, Object.class);
      return (boolean)
          PROGRAMS.computeIfAbsent(rule, CelRules::program).eval(Map.of("self", longs(value)));
    } catch (CelException e) {
      throw new IllegalArgumentException(rule, e);
    }
  }

  private static CelRuntime.Program program(String rule) {
    try {
      return RUNTIME.createProgram(COMPILER.compile(rule).getAst());
    } catch (CelException e) {
      throw new IllegalArgumentException(rule, e);
    }
  }

  /** CEL has 64-bit integers only. */
  private static Object longs(Object value) {
    return switch (value) {
      case Integer number -> number.longValue();
      case List<?> list -> {
        List<Object> all = new ArrayList<>();
        list.forEach(item -> all.add(longs(item)));
        yield all;
      }
      case Map<?, ?> map -> {
        Map<Object, Object> all = new LinkedHashMap<>();
        map.forEach((key, item) -> all.put(key, longs(item)));
        yield all;
      }
      default -> value;
    };
  }
}
