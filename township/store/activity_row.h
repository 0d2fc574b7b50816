/* activity_row.h: an activity as both tables have it, planned and published. */
#ifndef TOWNSHIP_STORE_ACTIVITY_ROW_H
#define TOWNSHIP_STORE_ACTIVITY_ROW_H

#include "model/activity.h"
#include "township/store/db.h"

/* Reads the first ten columns: id, kind, title, place, starts, ends, opens, grace, quorum, signs out. */
MUST_USE enum err activity_read(sqlite3_stmt *stmt, struct activity *a);

#endif
