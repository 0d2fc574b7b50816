/* For cppcheck alone, which does not read library headers: loops that are macros there. */
#define json_array_foreach(array, i, v) for (i = 0; i < json_array_size(array) && (v = json_array_get(array, i)); i++)
