import { z } from "zod";

// The page's policy forbids making code from text, which zod otherwise tries in order to parse faster.
z.config({ jitless: true });
