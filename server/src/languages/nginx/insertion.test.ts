import { checkInsertions, everything } from '../../../../test/insertion-table.ts';

const nginx = 'file:///etc/nginx/nginx.conf';

describe('a policy written into nginx configuration', () => {
  checkInsertions([
    {
      title: 'nginx: a proxied location, with what it inherits repeated and the application kept from answering too',
      uri: nginx,
      before: `http {
  server {
    add_header X-Frame-Options DENY always;
    location /api/ {
      ‸proxy_pass http://127.0.0.1:3000;
    }
  }
}
`,
      after: `http {
  map $http_origin $cors_origin {
    default "";
    "https://app.example.com" $http_origin;
    "https://admin.example.com" $http_origin;
  }

  server {
    add_header X-Frame-Options DENY always;
    location /api/ {
      proxy_hide_header Access-Control-Allow-Origin;
      proxy_hide_header Access-Control-Allow-Credentials;
      add_header X-Frame-Options DENY always;
      add_header Access-Control-Allow-Origin $cors_origin always;
      add_header Access-Control-Allow-Credentials true always;
      add_header Access-Control-Allow-Methods "GET, PUT" always;
      add_header Access-Control-Allow-Headers Content-Type always;
      add_header Access-Control-Max-Age 7200 always;
      add_header Vary Origin always;
      if ($request_method = OPTIONS) {
        return 204;
      }
      proxy_pass http://127.0.0.1:3000;
    }
  }
}
`,
    },
    {
      title: 'nginx: tabs, CRLF and the quotes of the file; the variable is taken, the block returns at once',
      uri: nginx,
      wanted: { ...everything, origins: ['https://app.example.com'], credentials: false },
      before:
        "http {\r\n\tmap $uri $cors_origin {\r\n\t\tdefault '';\r\n\t}\r\n\tserver {\r\n\t\tlocation / {\r\n\t\t\treturn 200 'ok';‸\r\n\t\t}\r\n\t}\r\n}\r\n",
      after:
        "http {\r\n\tmap $uri $cors_origin {\r\n\t\tdefault '';\r\n\t}\r\n" +
        '\tmap $http_origin $cors_origin_2 {\r\n\t\tdefault "";\r\n\t\t"https://app.example.com" $http_origin;\r\n\t}\r\n\r\n' +
        '\tserver {\r\n\t\tlocation / {\r\n\t\t\tadd_header Access-Control-Allow-Origin $cors_origin_2 always;\r\n' +
        "\t\t\tadd_header Access-Control-Allow-Methods 'GET, PUT' always;\r\n\t\t\tadd_header Access-Control-Allow-Headers Content-Type always;\r\n" +
        '\t\t\tadd_header Access-Control-Max-Age 7200 always;\r\n\t\t\tadd_header Vary Origin always;\r\n' +
        "\t\t\tif ($request_method = OPTIONS) {\r\n\t\t\t\treturn 204;\r\n\t\t\t}\r\n\t\t\treturn 200 'ok';\r\n\t\t}\r\n\t}\r\n}\r\n",
    },
    {
      title: 'nginx: outside of every server',
      uri: nginx,
      before: 'events {}‸\nhttp { server { location / { return 200; } } }\n',
      after: { refused: 'Put the cursor into a location or server block' },
    },
    {
      title: 'nginx: a location that has a policy',
      uri: nginx,
      before: 'http { server { location / {‸ add_header Access-Control-Allow-Origin "*"; } } }\n',
      after: { refused: 'already sent here: add_header Access-Control-Allow-Origin *' },
    },
    {
      title: 'nginx: a policy in an `if` of the location',
      uri: nginx,
      before: 'http { server { location / {‸ if ($http_origin) { add_header Access-Control-Allow-Origin "*"; } } } }\n',
      after: { refused: 'already sent here' },
    },
    {
      title: 'nginx: limit_except answers preflights first',
      uri: nginx,
      before: 'http { server { location / {‸ limit_except GET { deny all; } } } }\n',
      after: { refused: 'limit_except' },
    },
    {
      title: 'nginx: a location whose server is in another file that is not there',
      uri: 'file:///etc/nginx/snippets/api.conf',
      before: 'location /api/ {‸ proxy_pass http://127.0.0.1:3000; }\n',
      after: { refused: 'not in sight' },
    },
  ]);
});
