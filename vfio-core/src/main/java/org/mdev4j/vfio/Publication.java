package org.mdev4j.vfio;

/**
 * The wish to have {@code model} found through {@code slot} while its device is registered.
 *
 * @param slot where callbacks look
 * @param model what they find
 */
public record Publication<T>(Published<T> slot, T model) {
  void publish(UseCount uses) {
    slot.publish(model, uses);
  }

  void clear(UseCount uses) {
    slot.clear(uses);
  }
}
