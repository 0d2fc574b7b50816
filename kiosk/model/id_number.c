#include "model/id_number.h"

#include <sodium.h>
#include <string.h>

#include "model/civil.h"

enum { DIGITS = ID_NUMBER_SIZE - 1, BIRTH_AT = 6, BIRTH_DIGITS = 8, ARGON_MEM_MIN_KIB = 8 };

static int number_at(const char *digits, int count)
{
	int value = 0;
	while (count-- > 0)
		value = value * 10 + (*digits++ - '0');
	return value;
}

bool id_number_ok(const char *number)
{
	int rest = 0;
	if (strnlen(number, ID_NUMBER_SIZE) != DIGITS)
		return false;
	for (int i = 0; i < DIGITS - 1; i++) {
		if (number[i] < '0' || number[i] > '9')
			return false;
		rest = (rest + number[i] - '0') * 2 % 11;
	}
	const char *birth = number + BIRTH_AT;
	struct civil_date d = { number_at(birth, 4), number_at(birth + 4, 2), number_at(birth + 6, 2) };
	return civil_valid(d) && number[DIGITS - 1] == "0123456789X"[(12 - rest) % 11];
}

bool id_params_ok(const struct id_params *p)
{
	return p->ops >= 1 && p->ops <= ID_ARGON_OPS_MAX && p->mem_kib >= ARGON_MEM_MIN_KIB && p->mem_kib <= ID_ARGON_MEM_MAX_KIB;
}

enum err id_digest(const char *number, const struct id_params *p, uint8_t out[ID_DIGEST_BYTES])
{
	if (!id_params_ok(p))
		return ERR_INVALID;
	return crypto_pwhash(out, ID_DIGEST_BYTES, number, strlen(number), p->salt, p->ops, (size_t)p->mem_kib * 1024,
	                     crypto_pwhash_ALG_ARGON2ID13) == 0 ? ERR_OK : ERR_NOMEM;
}
