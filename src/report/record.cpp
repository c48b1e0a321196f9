#include "sqrtn/report/record.hpp"
