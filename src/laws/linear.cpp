#include "sqrtn/laws/linear.hpp"
