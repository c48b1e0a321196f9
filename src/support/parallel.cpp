#include "sqrtn/support/parallel.hpp"
