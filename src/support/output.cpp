#include "sqrtn/support/output.hpp"
