#include "sqrtn/report/table.hpp"
