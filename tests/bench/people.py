"""Rosters of people who do not exist, as large as one likes."""
import csv

from sim_cardreader import check_digit

# With the letters by which they are looked up.
FAMILY = "赵Z钱Q孙S李L周Z吴W郑Z王W冯F陈C褚C卫W蒋J沈S韩H杨Y朱Z秦Q许X何H吕L施S张Z孔K曹C严Y华H金J魏W陶T姜J"
GIVEN = "建J国G秀X英Y永Y福F桂G兰L德D明M玉Y平P志Z强Q春C梅M文W军J丽L红H"
HEADINGS = ("姓名", "性别", "民族", "出生年月", "职务", "选区", "所辖村", "代表小组", "小组职务", "层级", "电话", "拼音首字母", "身份证号")
NUMERALS = "一二三四五六七八九"


def pairs(letters):
    return list(zip(letters[::2], letters[1::2]))


class Person:
    """The number-th of them; no two have the same name."""

    def __init__(self, number):
        family, given = pairs(FAMILY), pairs(GIVEN)
        parts = (family[number % len(family)], given[number // len(family) % len(given)], given[number // len(family) // len(given)])
        self.name, self.initials = ("".join(part[i] for part in parts) for i in (0, 1))
        year, month = 1950 + number % 50, number // 50 % 12 + 1
        self.born, self.gender = f"{year}-{month:02}", "男" if number % 2 else "女"
        first17 = f"990101{year}{month:02}{number % 28 + 1:02}{number % 1000:03}"
        self.id_number = first17 + check_digit(first17)
        self.area = number % len(NUMERALS)

    def row(self, with_id):
        return (self.name, self.gender, "汉族", self.born, "村民", f"第{NUMERALS[self.area]}选区",
                f"{NUMERALS[self.area]}里村", f"第{NUMERALS[self.area % 3]}代表小组", "", "县、乡" if self.area == 8 else "乡", "", self.initials,
                self.id_number if with_id else "")


def write_roster(path, count, with_id):
    """`count` people, the first `with_id` of them with ID numbers: each costs a digest."""
    people = [Person(number) for number in range(count)]
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADINGS)
        out.writerows(person.row(number < with_id) for number, person in enumerate(people))
    return people
