package org.mdev4j.sim.ap.hardware;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.mdev4j.ap.ApMask;
import org.mdev4j.sim.ap.config.CardConfig;

/**
 * What a card computes ({@code spec/ap.md} 12.10). A request is an opcode byte and a body, a reply
 * a status byte and a body.
 *
 * <table>
 * <caption>Opcodes</caption>
 * <tr><th>card<th>opcode<th>request<th>reply
 * <tr><td>any<td>00<td>bytes<td>the same
 * <tr><td>CCA<td>01<td>bytes<td>their SHA-256
 * <tr><td>CCA<td>02<td>bytes<td>their HMAC-SHA-256 with the key of the queue's domain
 * <tr><td>CCA<td>10<td>number of a control domain, its new key of 1 to 64 bytes<td>nothing
 * <tr><td>accelerator<td>50<td>base, exponent, modulus: big-endian, each after its length in two
 *     bytes, of up to 512 bytes<td>base^exponent mod modulus, as long as the modulus
 * </table>
 *
 * <p>The status is 00 for success, 01 for an unknown opcode or a bad length, 02 for a control
 * domain that the sender may not change. Each domain of each card has a key of its own from the
 * start, and nothing but opcode 10 changes it.
 *
 * <p>Thread-safe.
 */
final class CryptoService {
  static final byte OK = 0;
  static final byte BAD_REQUEST = 1;
  static final byte REFUSED = 2;

  private static final int ECHO = 0x00;
  private static final int SHA256 = 0x01;
  private static final int HMAC = 0x02;
  private static final int SET_KEY = 0x10;
  private static final int MODEXP = 0x50;
  private static final int MAX_KEY = 64;
  private static final int MAX_INTEGER = 512;
  private static final byte[] NOTHING = {};

  private final CardConfig card;
  private final ConcurrentMap<Integer, SecretKeySpec> keys = new ConcurrentHashMap<>();

  CryptoService(CardConfig card) {
    this.card = card;
  }

  /**
   * Answers a request.
   *
   * @param domain the queue's domain
   * @param controlled the control domains of the sender
   */
  byte[] answer(int domain, ApMask controlled, byte[] request) {
    if (request.length == 0) {
      return reply(BAD_REQUEST, NOTHING);
    }
    byte[] body = Arrays.copyOfRange(request, 1, request.length);
    int opcode = request[0] & 0xFF;
    if (opcode == ECHO) {
      return reply(OK, body);
    }
    try {
      return switch (card.mode()) {
        case CCA -> coprocessor(opcode, domain, controlled, body);
        case ACCELERATOR -> opcode == MODEXP ? exponentiate(body) : reply(BAD_REQUEST, NOTHING);
        case EP11 -> reply(BAD_REQUEST, NOTHING);
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private byte[] coprocessor(int opcode, int domain, ApMask controlled, byte[] body)
      throws GeneralSecurityException {
    return switch (opcode) {
      case SHA256 -> reply(OK, MessageDigest.getInstance("SHA-256").digest(body));
      case HMAC -> {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(keys.computeIfAbsent(domain, this::firstKey));
        yield reply(OK, mac.doFinal(body));
      }
      case SET_KEY -> setKey(controlled, body);
      default -> reply(BAD_REQUEST, NOTHING);
    };
  }

  private byte[] setKey(ApMask controlled, byte[] body) {
    if (body.length < 2 || body.length > 1 + MAX_KEY) {
      return reply(BAD_REQUEST, NOTHING);
    }
    int target = body[0] & 0xFF;
    if (!controlled.has(target)) {
      return reply(REFUSED, NOTHING);
    }
    keys.put(target, key(Arrays.copyOfRange(body, 1, body.length)));
    return reply(OK, NOTHING);
  }

  private static byte[] exponentiate(byte[] body) {
    ByteBuffer buffer = ByteBuffer.wrap(body);
    try {
      BigInteger base = new BigInteger(1, integer(buffer));
      BigInteger exponent = new BigInteger(1, integer(buffer));
      byte[] modulusBytes = integer(buffer);
      BigInteger modulus = new BigInteger(1, modulusBytes);
      if (!buffer.hasRemaining() && modulus.signum() > 0) {
        byte[] power = base.modPow(exponent, modulus).toByteArray();
        byte[] padded = new byte[modulusBytes.length];
        int length = Math.min(power.length, padded.length);
        System.arraycopy(power, power.length - length, padded, padded.length - length, length);
        return reply(OK, padded);
      }
    } catch (BufferUnderflowException tooShort) {
      // a bad length, as below
    }
    return reply(BAD_REQUEST, NOTHING);
  }

  /** The next integer; none that is longer than what the card computes with. */
  private static byte[] integer(ByteBuffer buffer) {
    int length = buffer.getShort() & 0xFFFF;
    if (length > MAX_INTEGER || length > buffer.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    buffer.get(bytes);
    return bytes;
  }

  private SecretKeySpec firstKey(int domain) {
    return key(("card " + card.adapter() + " domain " + domain).getBytes(US_ASCII));
  }

  private static SecretKeySpec key(byte[] bytes) {
    return new SecretKeySpec(bytes, "HmacSHA256");
  }

  private static byte[] reply(byte status, byte[] body) {
    byte[] reply = new byte[1 + body.length];
    reply[0] = status;
    System.arraycopy(body, 0, reply, 1, body.length);
    return reply;
  }
}
