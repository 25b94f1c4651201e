// SPDX-License-Identifier: Apache-2.0

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/**
 * Says which tests of the last build were left out because this machine lacks something, and what
 * it lacks. Reads the test reports of all modules; started in the project's root folder.
 */
class LeftOut {
  public static void main(String[] args) throws Exception {
    Map<String, List<String>> byReason = new TreeMap<>();
    for (Path report : reports()) {
      var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
      var skipped = builder.parse(report.toFile()).getElementsByTagName("skipped");
      for (int i = 0; i < skipped.getLength(); i++) {
        Element reason = (Element) skipped.item(i);
        Element test = (Element) reason.getParentNode();
        if (reason.getAttribute("message").startsWith("needs ")) {
          byReason
              .computeIfAbsent(reason.getAttribute("message"), _ -> new ArrayList<>())
              .add(name(test));
        }
      }
    }
    if (byReason.isEmpty()) {
      return;
    }
    System.out.println("Left out on this machine (.ci/run requires all of them):");
    byReason.forEach(
        (reason, tests) -> System.out.println("  " + reason + ": " + String.join(", ", tests)));
  }

  /** Returns the class of a test, and the test's own name if only that one was left out. */
  private static String name(Element test) {
    String type = test.getAttribute("classname");
    String method = test.getAttribute("name");
    String shortType = type.substring(type.lastIndexOf('.') + 1);
    return method.isEmpty() || method.equals(type) ? shortType : shortType + "." + method;
  }

  private static List<Path> reports() throws Exception {
    List<Path> reports = new ArrayList<>();
    try (var folders = Files.walk(Path.of(""), 2)) {
      for (Path module : folders.sorted().toList()) {
        Path folder = module.resolve("target/surefire-reports");
        if (Files.isDirectory(folder)) {
          try (var files = Files.newDirectoryStream(folder, "TEST-*.xml")) {
            files.forEach(reports::add);
          }
        }
      }
    }
    return reports;
  }
}
