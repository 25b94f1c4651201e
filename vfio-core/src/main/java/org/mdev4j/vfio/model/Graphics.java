package org.mdev4j.vfio.model;

import java.lang.foreign.MemorySegment;

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
   * The contents of a plane that {@link #plane} named.
   *
   * @param id {@link GfxPlane#source} of that answer
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENOENT} for an unknown id, {@code EINVAL}
   *     if it can't be exported
   */
  MemorySegment dmabuf(int id);
}
