#include "sqrtn/statistics/design.hpp"
