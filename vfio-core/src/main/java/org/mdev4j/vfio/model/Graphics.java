package org.mdev4j.vfio.model;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** A device with a display. */
public interface Graphics {
  /** How the picture is handed over. */
  enum Handover {
    /** As a buffer of its own, GET_GFX_DMABUF. */
    DMABUF,
    /** In a region. */
    REGION
  }

  /** The plane types of DRM; a value of QUERY_GFX_PLANE. */
  int PLANE_PRIMARY = 1;

  /** How this device hands its picture over. */
  Handover handover();

  /**
   * What the plane shows now.
   *
   * @param planeType 0 overlay, 1 primary, 2 cursor
   */
  GfxPlane plane(int planeType);

  /**
   * Hands over the contents of a plane that {@link #plane} named.
   *
   * @param id {@link GfxPlane#source} of that answer
   * @return a reference of the caller's own, at each call
   * @throws ErrnoException {@code ENOENT} for an unknown id, {@code EINVAL} if it can't be exported
   */
  default DmaBuf dmabuf(int id) {
    throw new ErrnoException(Errno.ENOTTY, "the picture is handed over in a region");
  }
}
