/** Driver {@code ${driver}}: a module that is loaded, a driver that builds devices, the device. */
@NullMarked
package ${package};

import org.jspecify.annotations.NullMarked;
