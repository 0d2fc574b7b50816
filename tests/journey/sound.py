"""A microphone and a loudspeaker made of files, for SDL's "disk" sound."""
import math
import os
import shutil
import struct
import tempfile
import unittest

FOLDER = tempfile.mkdtemp(prefix="kiosk-sound-")
LOUDSPEAKER = os.path.join(FOLDER, "loudspeaker")
KIOSK_ENV = {"SDL_AUDIODRIVER": "disk", "SDL_DISKAUDIOFILEIN": os.path.join(FOLDER, "microphone"), "SDL_DISKAUDIOFILE": LOUDSPEAKER}


def set_up():
    """To be called by setUpModule: four seconds of 440 Hz at 16 kHz, and silence after it."""
    unittest.addModuleCleanup(shutil.rmtree, FOLDER, ignore_errors=True)
    with open(KIOSK_ENV["SDL_DISKAUDIOFILEIN"], "wb") as file:
        file.write(b"".join(struct.pack("<h", round(16384 * math.sin(math.tau * 440 * n / 16000))) for n in range(64000)))
