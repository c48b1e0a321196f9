#include "sqrtn/laws/rectified.hpp"
