package org.spawnmesh.statestore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TagsJsonTest {

  @Test
  void itIsJsonThatADatabaseCanRead() {
    assertThat(TagsJson.write(Map.of())).isNull();
    assertThat(TagsJson.write(Map.of("a", "b"))).isEqualTo("{\"a\":\"b\"}");
    assertThat(TagsJson.write(Map.of("a\"", "\\\n\u0000")))
        .isEqualTo("{\"a\\\"\":\"\\\\\\u000a\\u0000\"}");
  }

  @Test
  void aPersonMayHaveEditedIt() {
    assertThat(TagsJson.read("{ \"a\" : \"b\" , \"c\":\"\\/\" }"))
        .isEqualTo(Map.of("a", "b", "c", "/"));
    assertThat(TagsJson.read(null)).isEmpty();
  }

  @Test
  void whatIsNoObjectOfStringsIsRefused() {
    for (String wrong :
        List.of(
            "",
            "{",
            "[]",
            "{\"a\"}",
            "{\"a\":1}",
            "{\"a\":\"b\"} x",
            "{\"a\":\"\\u12\"}",
            "{\"a\":\"\\q\"}",
            "{\"a\":\"b")) {
      assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> TagsJson.read(wrong));
    }
  }
}
