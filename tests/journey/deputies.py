"""What the office arranges for deputies, and what deputies hold up, for the tests of signing in."""
import csv
import http.client
import json
import os
import time

from process import TOP

MINUTE_MS = 60_000
ROSTER = os.path.join(TOP, "db", "demo", "roster.csv")


def now_ms():
    return int(time.time() * 1000)


def id_number(name):
    """The number on the ID card of somebody in the demo's roster."""
    with open(ROSTER, encoding="utf-8-sig", newline="") as file:
        return next(row["身份证号"] for row in csv.DictReader(file) if row["姓名"] == name)


def names_of_one():
    """The names that only one of the demo's people has."""
    with open(ROSTER, encoding="utf-8-sig", newline="") as file:
        people = dict.fromkeys((row["姓名"], row["身份证号"]) for row in csv.DictReader(file))
    names = [name for name, _ in people]
    return [name for name in names if names.count(name) == 1]


class Office:
    """Somebody of the office at the township's server, through its own interface."""

    def __init__(self, site):
        self.site, self.token = site, None
        with open(os.path.join(site.town_data, "keys", "office.password"), encoding="utf-8") as file:
            self.password = file.read()

    def ask(self, method, path, body=None):
        if self.token is None and path != "/login":
            self.token = self.ask("POST", "/login", {"user": "office", "password": self.password})["token"]
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=20)
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        try:
            connection.request(method, "/v1/office" + path, json.dumps(body) if body is not None else None, headers)
            reply = connection.getresponse()
            text = reply.read()
        finally:
            connection.close()
        if reply.status >= 300:
            raise AssertionError(f"{method} {path}: {reply.status} {text[:400]}")
        return json.loads(text) if text else {}

    # ---- activities ----

    def activities(self):
        return self.ask("GET", "/activities")["activities"]

    def activity(self, key):
        return self.ask("GET", f"/activities/{key}")

    def cancel(self, key):
        self.ask("POST", f"/activities/{key}/cancel", {})

    def plan(self, title, invited, starts_in_min=20, minutes=120, **more):
        """An activity for these deputies (names, or (name, seat)); its id."""
        starts = now_ms() + starts_in_min * MINUTE_MS
        people = [(who, "") if isinstance(who, str) else who for who in invited]
        body = {"title": title, "kind": "training", "place": "二楼会议室", "starts": starts, "ends": starts + minutes * MINUTE_MS,
                "invited": [{"deputy": name, "seat": seat} for name, seat in people], **more}
        return self.ask("POST", "/activities", body)["id"]

    def came(self, key, name):
        """The attendance of one deputy as the office has it; None while they have not come."""
        return next((row["attendance"] for row in self.activity(key)["people"] if row["name"] == name), None)

    def leave_of(self, key, name):
        return next((row["leave"] for row in self.activity(key)["people"] if row["name"] == name), None)

    def decide_leave(self, key, name, state):
        deputy = next(row["deputy"] for row in self.activity(key)["people"] if row["name"] == name)
        self.ask("POST", f"/activities/{key}/leaves/{deputy}", {"state": state})

    def flags(self):
        return self.ask("GET", "/flags")["flags"]

    # ---- cards ----

    def card(self, name, **more):
        """The code of a new QR card."""
        return self.ask("POST", "/cards", {"deputy": name, **more})["token"]

    def card_lost(self, name):
        self.ask("POST", f"/cards/{self.deputy(name)}/lost", {})

    def deputy(self, name):
        return next(row["deputy"] for row in self.ask("GET", "/cards")["cards"] if row["name"] == name)
