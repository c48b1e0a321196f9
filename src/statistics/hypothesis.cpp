#include "sqrtn/statistics/hypothesis.hpp"
