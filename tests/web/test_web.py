"""The office's pages in a real Chromium: each *.mjs of this folder is a journey of its own through a real township that a
real kiosk's submissions fed. Their pictures lie in build/web-shots/NAME/ afterwards."""
import glob
import os
import subprocess
import sys

sys.path[:0] = [os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "http")]
import playwright  # noqa: E402
import world  # noqa: E402

TEST_TIMEOUT_S = 180
HERE = os.path.dirname(os.path.abspath(__file__))


class Pages(world.WorldTest):
    def journey(self, name):
        town = self.township(demo=True)
        kiosk = self.kiosk(town.url).enrol(town)
        kiosk.submit(6, "--ink")
        self.assertEqual(kiosk.once(), 0)
        env = dict(os.environ, WEB_URL=town.url, WEB_PASSWORD=town.password, WEB_DATA=town.folder, WEB_BUILD=world.BUILD,
                   WEB_KIOSK=kiosk.folder, WEB_PLAYWRIGHT=playwright.fetch(),
                   WEB_SHOTS=os.path.join(world.TOP, "build", "web-shots", name))
        done = subprocess.run(["node", os.path.join(HERE, name + ".mjs")], env=env, capture_output=True, text=True,
                              timeout=TEST_TIMEOUT_S - 10)
        self.assertEqual(done.returncode, 0, f"{done.stdout}\n{done.stderr[-4000:]}\nserver: {town.output()[-2000:]}")
        self.settled(town)


def _add(name):
    def test(self):
        self.journey(name)
    test.__doc__ = f"tests/web/{name}.mjs"
    setattr(Pages, "test_" + name, test)


for _path in sorted(glob.glob(os.path.join(HERE, "*.mjs"))):
    _name = os.path.basename(_path)[:-4]
    if _name != "harness":
        _add(_name)
