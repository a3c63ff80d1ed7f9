import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.Machine;

/** Reads lines of JSON, {"pattern": …, "event": …}, and writes for each what AWS's matcher says: true, false or refused. */
public class Judge {
  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    StringBuilder answers = new StringBuilder();
    for (String line; (line = lines.readLine()) != null; ) {
      JsonNode pair = json.readTree(line);
      answers.append(answer(pair.get("pattern").toString(), pair.get("event").toString())).append('\n');
    }
    System.out.print(answers);
  }

  private static String answer(String pattern, String event) throws Exception {
    Machine machine = new Machine();
    try {
      machine.addRule("rule", pattern);
    } catch (Exception refused) {
      return "refused";
    }
    return String.valueOf(!machine.rulesForJSONEvent(event).isEmpty());
  }
}
