#include "sqrtn/laws/initialiser.hpp"
