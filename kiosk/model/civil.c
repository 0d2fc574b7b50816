#include "model/civil.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MS = 86400000, ZONE_MS = 8 * 3600000, DAYS_400Y = 146097 };

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days are counted in 400-year cycles from 0000-03-01, so that the leap day is the last of its year. */
int64_t civil_day_number(struct civil_date d)
{
	int64_t y = d.month <= 2 ? (int64_t)d.year - 1 : d.year;
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * ((d.month + 9) % 12) + 2) / 5 + d.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * DAYS_400Y + day_of_era - 719468;
}

struct civil_date civil_from_day_number(int64_t day)
{
	int64_t z = day + 719468;
	int64_t era = floor_div(z, DAYS_400Y);
	int64_t doe = z - era * DAYS_400Y;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct civil_date d;
	d.day = (int)(doy - (153 * mp + 2) / 5 + 1);
	d.month = (int)(mp < 10 ? mp + 3 : mp - 9);
	d.year = (int)(yoe + era * 400 + (d.month <= 2));
	return d;
}

struct civil_time civil_from_ms(int64_t unix_ms)
{
	int64_t local = unix_ms + ZONE_MS;
	int64_t day = floor_div(local, DAY_MS);
	int s = (int)((local - day * DAY_MS) / 1000);
	struct civil_time t = {civil_from_day_number(day), s / 3600, s / 60 % 60, s % 60};
	return t;
}

int64_t civil_to_ms(struct civil_date d)
{
	return civil_day_number(d) * DAY_MS - ZONE_MS;
}

static int month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

bool civil_valid(struct civil_date d)
{
	return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
	       d.day <= month_days(d.year, d.month);
}

int civil_weekday(struct civil_date d)
{
	int64_t w = (civil_day_number(d) + 4) % 7; /* 1970-01-01 was a Thursday */
	return (int)(w < 0 ? w + 7 : w);
}

struct civil_date civil_add_days(struct civil_date d, int days)
{
	return civil_from_day_number(civil_day_number(d) + days);
}

struct civil_date civil_add_months(struct civil_date d, int months)
{
	int64_t m = (int64_t)d.year * 12 + d.month - 1 + months;
	struct civil_date r = {(int)floor_div(m, 12), (int)(m - floor_div(m, 12) * 12) + 1, d.day};
	int last = month_days(r.year, r.month);
	if (r.day > last)
		r.day = last;
	return r;
}

int civil_compare(struct civil_date a, struct civil_date b)
{
	if (a.year != b.year)
		return a.year < b.year ? -1 : 1;
	if (a.month != b.month)
		return a.month < b.month ? -1 : 1;
	return (a.day > b.day) - (a.day < b.day);
}

void civil_format(struct civil_date d, char out[11])
{
	unsigned y = (unsigned)d.year % 10000u, m = (unsigned)d.month % 100u, day = (unsigned)d.day % 100u;
	snprintf(out, 11, "%04u-%02u-%02u", y, m, day);
}

enum err civil_parse(const char *text, struct civil_date *d)
{
	static const char form[] = "dddd-dd-dd";
	int part[3] = {0, 0, 0}, n = 0;
	if (strlen(text) != sizeof form - 1)
		return ERR_INVALID;
	for (size_t i = 0; form[i]; i++) {
		if (form[i] == '-') {
			if (text[i] != '-')
				return ERR_INVALID;
			n++;
		} else if (text[i] < '0' || text[i] > '9') {
			return ERR_INVALID;
		} else {
			part[n] = part[n] * 10 + (text[i] - '0');
		}
	}
	struct civil_date got = {part[0], part[1], part[2]};
	if (!civil_valid(got))
		return ERR_INVALID;
	*d = got;
	return ERR_OK;
}
