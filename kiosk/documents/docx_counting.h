/* docx_counting.h: a number as Word's kinds of numbering write it. */
#ifndef DOCUMENTS_DOCX_COUNTING_H
#define DOCUMENTS_DOCX_COUNTING_H

enum { DOCX_COUNT_SIZE = 48 };

/* `format` is a w:numFmt ("chineseCounting"); one that is not known counts in digits. `n` from 0 to 32,767. */
void docx_count(const char *format, int n, char out[DOCX_COUNT_SIZE]);

#endif
