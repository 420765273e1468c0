"""Facts from photo files: position, times, camera, digest; and the folders and archives they come in."""

from housing_guarantee.photos.facts import Photo, read_photo
from housing_guarantee.photos.folder import PhotoStore, open_photos

__all__ = ["Photo", "PhotoStore", "open_photos", "read_photo"]
