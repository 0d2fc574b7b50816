"""Once a day what is late: a file, and a letter where it is wished."""
import email
import email.header
import glob
import os
import time
import unittest

import world

DAY_MS = 86400000


class Digest(world.WorldTest):
    def town_with(self, *lines):
        town = self.township()
        town.stop()
        with open(town.folder + "/township.conf", "w") as file:
            file.write("[digest]\nhour = 0\n" + "\n".join(lines) + "\n")
        return town.start()

    def digest(self, town):
        paths = glob.glob(town.folder + "/digest/*")
        self.assertEqual([os.path.basename(p) for p in paths], [time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600)) + ".txt"])
        self.assertEqual(os.stat(paths[0]).st_mode & 0o777, 0o600)
        with open(paths[0]) as file:
            return file.read()

    def late_case(self, town):
        """A report of forty days ago by a clock that was right: its fifteen days are over."""
        kiosk = world.PaperKiosk(town).enrol()
        event = kiosk.report("双泉村的水有味道", receipt="2026-1015-0007")
        payload = event["payload"].replace('"at":', '"at":' + str(int(time.time() * 1000) - 40 * DAY_MS) + ',"was":', 1)
        signed = {"payload": payload, "sig": world.b64(world.sodium.sign(kiosk.secret, b"DHE1", payload.encode()))}
        self.assertEqual(kiosk.send(signed).status, 200)

    def test_it_names_what_is_late_and_no_words(self):
        town = self.town_with()
        self.assertIn("超期 0 件", self.digest(town))
        self.late_case(town)
        self.assertEqual(town.stop(), 0)
        os.unlink(glob.glob(town.folder + "/digest/*")[0])
        town.start()
        text = self.digest(town)
        self.assertIn("超期 1 件", text)
        self.assertIn("受理号 2026-1015-0007", text)
        self.assertNotIn("味道", text)

    def test_the_letter_goes_out_once_a_day_and_again_when_it_could_not(self):
        folder = self.folder
        program, letter = folder + "/sendmail", folder + "/letter"
        town = self.town_with("mail_to = office@qinghe.example", "sendmail = " + program)
        self.assertIn("not sent", town.output())
        with open(program, "w") as file:
            file.write(f"#!/bin/sh\necho \"$@\" >> {letter}\ncat >> {letter}\n")
        os.chmod(program, 0o700)
        for _ in range(2):
            town.stop()
            town.start()
        with open(letter) as file:
            words, _, text = file.read().partition("\n")
        self.assertEqual(words, "-t -oi")
        message = email.message_from_string(text)
        self.assertEqual(message["To"], "office@qinghe.example")
        subject = email.header.decode_header(message["Subject"])[0]
        self.assertIn("办理情况", subject[0].decode(subject[1]))
        self.assertEqual(text.count("Subject:"), 1, "once a day")
        self.assertIn("待受理", text)


if __name__ == "__main__":
    unittest.main()
