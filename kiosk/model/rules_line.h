/* rules_line.h: a line of a document of rules: its number, and whether it looks like a title, a signature or a date. */
#ifndef MODEL_RULES_LINE_H
#define MODEL_RULES_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct rules_span { const char *at; size_t len; }; /* borrowed UTF-8 */

/* The kinds of numbering, those that contain others first. */
enum rules_number_kind {
	RULES_NO_NUMBER,
	RULES_CHAPTER,     /* 第一章 第一节: a heading inside a rule */
	RULES_CLAUSE,      /* 第一条 第1条 */
	RULES_HAN,         /* 一、 一． */
	RULES_HAN_PAREN,   /* （一） (一) */
	RULES_DIGIT,       /* 1、 1. １． */
	RULES_DIGIT_PAREN, /* （1） 1） (1) */
	RULES_CIRCLE,      /* ① */
	RULES_NUMBER_KINDS
};
struct rules_number { enum rules_number_kind kind; int value; size_t len; }; /* len: bytes, without the blanks behind */

struct rules_span rules_skip(struct rules_span line, size_t bytes);
/* Without blanks (the ideographic one too) at both ends. */
struct rules_span rules_trim(struct rules_span line);
bool rules_starts(struct rules_span line, const char *with);
bool rules_ends(struct rules_span line, const char *with);

/* The number that the line begins with; half and full width alike, blanks inside it allowed. */
struct rules_number rules_number_of(struct rules_span line);

/* The title in a line that ends like one (制度, 办法 …, with （试行） behind or not), numbered by 一、 or not. */
bool rules_title(struct rules_span line, struct rules_span *title);
/* Whether a line could be a title though it ends otherwise: short, no number, nothing of a sentence in it. */
bool rules_maybe_title(struct rules_span line);
/* 2026年3月1日, 二〇二六年三月; with the name of who signs before it or not. */
bool rules_date_line(struct rules_span line);
/* Who signs: 青禾乡人大主席团. */
bool rules_signer(struct rules_span line);
/* What is said of a whole rule or document: （2026年3月1日通过）, 目录. */
bool rules_remark(struct rules_span line);
/* Whether a sentence ends with the line. */
bool rules_sentence_ends(struct rules_span line);

#endif
